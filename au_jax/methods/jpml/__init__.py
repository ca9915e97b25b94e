"""Joint patch and multi-label learning (JPML): which patches of the face and which AUs go together.

`method.py` is the method; `relations.py` mines AU relations from labels, `objective.py` is what is
minimised, `fista.py` minimises it, `settings_search.py` chooses the weights of its terms and
`model.py` is what is left on disk.

Source: K. Zhao, W.-S. Chu, F. De la Torre, J. F. Cohn, H. Zhang, "Joint patch and multi-label
learning for facial action unit detection", CVPR 2015; BUILD_NOTES.md says what is reconstructed.
"""
