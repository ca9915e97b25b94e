"""Action units of videos: a detector applied to pictures that nobody has coded.

scored_frames    what a detector says of consecutive frames
video_scorer     from pictures to scores, all that is remembered between frames
video_prediction the function `au_jax.predict`; stream is the same for live pictures
prediction       the result of a video, ready for tables
formats          tables as files
page             a page to look at a video
annotate         the video with all that was found drawn over it
parts            work in progress on disk, so that it can be stopped
jobs             one video and its files; many_videos does several; command_line is the command
"""
