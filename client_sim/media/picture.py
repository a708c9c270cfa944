"""Between video frames and what people and programs look at: the brightness of a frame, and a PNG of it."""

import av
import numpy as np

from client_sim.media.stamp import Luma


def luma_of(frame: av.VideoFrame) -> Luma:
    """The frame's brightness as rows by columns: a view where the format keeps it apart, else converted.

    Of a view the pixels belong to the frame: writing to it draws on the frame.
    """
    if frame.format.name not in ("yuv420p", "yuvj420p", "nv12", "gray", "yuv422p", "yuv444p"):
        frame = frame.reformat(format="gray")
    return plane_of(frame, 0)


def plane_of(frame: av.VideoFrame, index: int) -> Luma:
    """One plane of a planar frame with 8-bit samples, without the padding at the end of its lines."""
    plane = frame.planes[index]
    lines = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
    return lines[:, : plane.width]


def png_of(frame: av.VideoFrame) -> bytes:
    """The frame as a PNG file. Takes some milliseconds: not for every frame."""
    encoder = av.CodecContext.create("png", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "rgb24"
    picture = frame.reformat(format="rgb24")
    picture.pict_type = av.video.frame.PictureType.NONE
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
