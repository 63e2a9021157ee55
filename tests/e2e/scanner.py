"""Reads QR codes from pictures on a page, as a scanner does."""

import zxingcpp
from playwright.sync_api import Locator

# The picture as painted, one grey byte for each dot.
_PAINTED = """async image => {
  await image.decode()
  const {width, height} = image.getBoundingClientRect()
  const canvas = new OffscreenCanvas(Math.round(width), Math.round(height))
  const brush = canvas.getContext('2d')
  brush.drawImage(image, 0, 0, canvas.width, canvas.height)
  const dots = brush.getImageData(0, 0, canvas.width, canvas.height).data
  return [canvas.width, canvas.height, Array.from(dots).filter((_dot, place) => place % 4 === 0)]
}"""


def scanned(picture: Locator) -> str:
    """Read the only QR code of the picture, at the size at which the page shows it."""
    width, height, grey = picture.evaluate(_PAINTED)
    (found,) = zxingcpp.read_barcodes(memoryview(bytes(grey)).cast("B", shape=[height, width]))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return str(found.text)
