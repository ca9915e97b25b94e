"""The experiment: which data, which protocol, which methods, which hyper-parameters.

The defaults are the full-size settings of Chu, De la Torre and Cohn 2018 ("the paper"); where the
paper is silent, BUILD_NOTES.md gives the reason of the value. An experiment holds no paths.
"""

import dataclasses

from au_jax import facs
from au_jax.errors import InputError
from au_jax.settings.analyses import AnalysesConfig
from au_jax.settings.choices import LossWeighting, Scenario, Smoothing
from au_jax.settings.competitors import CpmConfig, FeatureConfig, JpmlConfig, SvmConfig
from au_jax.settings.data import DataConfig, PretrainingConfig, ProtocolConfig, no_data
from au_jax.settings.fields import NOT_NEGATIVE, Bounds, bounded, check_settings, require
from au_jax.settings.networks import CnnConfig, FusionConfig, LstmConfig, SamplingConfig
from au_jax.settings.tree import leaves
from au_jax.settings.variants import Variant, check_variants


@dataclasses.dataclass(kw_only=True)
class Experiment:
    """Everything that decides the result of a run, given the data."""

    name: str = ""
    data: DataConfig = dataclasses.field(default_factory=DataConfig)
    test_data: DataConfig = dataclasses.field(default_factory=no_data)
    """The other data set of the scenarios `BETWEEN` and `BOTH`."""
    transfer_data: DataConfig = dataclasses.field(default_factory=no_data)
    """The data set that the CNN of the method `anet_t` is trained on; without a name the CNN of
    `pretraining` is taken."""
    aus: tuple[int, ...] = facs.PAPER_AUS
    """AUs to detect; an empty tuple takes all that every data set is coded for."""
    methods: tuple[str, ...] = ("cnn", "lstm", "hybrid")
    """Methods and variants, in the order of the tables."""
    variants: tuple[Variant, ...] = ()
    """Variants of this experiment, beside those that all know (`au_jax.settings.variants`)."""
    seed: int = bounded(0, NOT_NEGATIVE)
    """Seed of initialisation, sampling and dropout."""
    loss_weighting: LossWeighting = LossWeighting.NONE
    """Weights of the labels in the losses of all stages; shares are those of training subjects. The
    CNN's loss stays unweighted where `sampling.strategy` balances its batches already."""
    cross_fit: int = bounded(0, Bounds(lambda parts: parts == 0 or parts > 1, "0, or 2 or more"))
    """Parts of the training people of whom LSTM and fusion learn by the outputs of networks that
    have not seen them; 0 as the paper. It takes a CNN that starts from `pretraining`."""
    smoothing: Smoothing = Smoothing.NONE
    """How scores are averaged over time, in tables and in predictions."""
    protocol: ProtocolConfig = dataclasses.field(default_factory=ProtocolConfig)
    pretraining: PretrainingConfig = dataclasses.field(default_factory=PretrainingConfig)
    sampling: SamplingConfig = dataclasses.field(default_factory=SamplingConfig)
    cnn: CnnConfig = dataclasses.field(default_factory=CnnConfig)
    lstm: LstmConfig = dataclasses.field(default_factory=LstmConfig)
    fusion: FusionConfig = dataclasses.field(default_factory=FusionConfig)
    features: FeatureConfig = dataclasses.field(default_factory=FeatureConfig)
    svm: SvmConfig = dataclasses.field(default_factory=SvmConfig)
    cpm: CpmConfig = dataclasses.field(default_factory=CpmConfig)
    jpml: JpmlConfig = dataclasses.field(default_factory=JpmlConfig)
    analyses: AnalysesConfig = dataclasses.field(default_factory=AnalysesConfig)
    looks_at: tuple[str, ...] = ()
    """Names, or files, of experiments whose runs are looked at. An experiment that names some has
    no data, protocol or training of its own: it takes what their runs have left, trains `methods`
    where they are missing, and shows `analyses`."""

    def used_data(self) -> dict[str, DataConfig]:
        """Return the data sets that a run may need, by the path of their settings."""
        used = {"data": self.data, "test_data": self.test_data, "transfer_data": self.transfer_data}
        if self.pretraining.steps:
            used["pretraining.data"] = self.pretraining.data
        return {path: data for path, data in used.items() if data.name}

    def check(self, _path: str) -> None:
        """Check how the parts fit together."""
        if self.looks_at:
            self._check_that_it_only_looks()
        if self.aus:
            facs.validate_aus(self.aus)
        check_variants(self.variants)
        require(
            not self.cross_fit or self.pretraining.steps > 0,
            "cross_fit",
            self.cross_fit,
            "0 without pretraining.steps, since features of networks that start from noise differ",
        )
        require(bool(self.data.name), "data.name", self.data.name, "the name of a data set")
        other = self.test_data.name
        if self.protocol.scenario is Scenario.WITHIN:
            require(not other, "test_data.name", other, "'' with protocol.scenario=within")
        else:
            require(bool(other), "test_data.name", other, "the name of the other data set")
        # A seed and a number make a person.
        seeds: dict[int, str] = {}
        for path, data in self.used_data().items():
            if not data.is_drawn:
                continue
            seed = data.synthetic.seed
            allowed = f"another than {seeds.get(seed)}, so that nobody is in both data sets"
            require(seed not in seeds, f"{path}.synthetic.seed", seed, allowed)
            seeds[seed] = f"{path}.synthetic.seed"

    def _check_that_it_only_looks(self) -> None:
        of_its_own = ("name", "methods", "analyses", "looks_at")
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name not in of_its_own and value != getattr(Experiment(), field.name):
                raise InputError(
                    f"experiment.{field.name} was changed, but this experiment looks at the runs "
                    f"of {', '.join(self.looks_at)}, which have settings of their own; change it "
                    "in a file of your own and name that in experiment.looks_at"
                )


def check_experiment(experiment: Experiment) -> None:
    """Check all values.

    Raises:
        InputError: naming the field, its value, and what is allowed.
    """
    check_settings(experiment)


def setting_names() -> list[str]:
    """Return the paths of all settings, such as `cnn.optimizer.learning_rate`.

    Those that a command line can set, so without variants.
    """
    return [name for name in leaves(dataclasses.asdict(Experiment())) if name != "variants"]
