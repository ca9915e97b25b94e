"""Which frame of a video a decoded picture is, also behind frames that were lost.

Labels and landmarks are tied to pictures by the number of the frame. A program that counts what
its decoder gives shifts everything behind the first picture that cannot be decoded.
"""

import dataclasses
import heapq


@dataclasses.dataclass(frozen=True)
class LostFrame:
    """A frame whose data are in the file but gave no picture.

    Attributes:
        number: its place in the video, from 1.
        time: presentation time in units of the stream.
    """

    number: int
    time: int


class FrameNumbers:
    """Numbers the decoded frames of one video from 1.

    A decoder emits frames in the order of presentation. So when the frame with presentation time t
    comes out, every packet that went in with an earlier time belongs to a frame that was lost.

    Args:
        trust_times: whether the packets carry presentation times. If not, frames are counted as
            they come, and a lost one goes unnoticed.
    """

    def __init__(self, trust_times: bool) -> None:
        self.trust_times = trust_times
        self.lost: list[LostFrame] = []
        self._pending: list[int] = []
        self._last_time: int | None = None
        self._number = 0

    def sent(self, packet_time: int | None) -> None:
        """Note a packet that goes into the decoder."""
        if packet_time is None:
            self.trust_times = False
        elif self.trust_times:
            heapq.heappush(self._pending, packet_time)

    def came_out(self, frame_time: int | None) -> int | None:
        """Return the number of the frame that came out of the decoder.

        None says that it came too late: a later frame was already given, which happens behind
        damage. It is among the lost ones then.
        """
        if self.trust_times and frame_time is not None:
            if self._last_time is not None and frame_time <= self._last_time:
                return None
            while self._pending and self._pending[0] < frame_time:
                self._lose_one()
            if self._pending and self._pending[0] == frame_time:
                heapq.heappop(self._pending)
            self._last_time = frame_time
        self._number += 1
        return self._number

    def ended(self) -> None:
        """Count the packets that never became a frame as lost."""
        while self.trust_times and self._pending:
            self._lose_one()

    def _lose_one(self) -> None:
        self._number += 1
        self.lost.append(LostFrame(self._number, heapq.heappop(self._pending)))
