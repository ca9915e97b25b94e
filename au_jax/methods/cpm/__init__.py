"""Confidence preserving machine: a detector that adapts to each test subject without labels.

Zeng, Chu, De la Torre, Cohn, Xiong: Confidence preserving machine for facial action unit detection,
ICCV 2015, and its extension in IEEE Transactions on Image Processing 25 (2016); read with the
authors' demo code. One problem for each AU and each test subject:

    newton               squared hinge losses with a quadratic penalty, solved exactly
    hard_samples         which training samples are hard, and what the classifiers are told of them
    confident            stage 1: two classifiers that agree only where they are sure
    temporal_smoothness  neighbouring frames of a recording and how their scores may differ
    person               stage 2: the classifier of one person, from labels both agree on
    training             stage 1 for all AUs, the same for every test subject
    adaptation           stage 3: stages 1 and 2 in turn for a person, until nothing moves
    parallel             AUs side by side on the cores
    method               the method of a fold
"""
