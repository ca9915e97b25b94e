"""What a user can set: experiments, their parts and choices, and finding them by name.

An experiment file imports all it needs from here.
"""

from au_jax.settings.analyses import AnalysesConfig
from au_jax.settings.choices import (
    BALANCING_STRATEGIES,
    ComputeDtype,
    FeatureKind,
    HardTest,
    Initialisation,
    LossWeighting,
    MomuRestore,
    MomuTies,
    PoolMode,
    PresetName,
    Reduction,
    Relabelling,
    SamplingStrategy,
    Scenario,
    Split,
)
from au_jax.settings.competitors import CpmConfig, FeatureConfig, JpmlConfig, SvmConfig
from au_jax.settings.data import (
    SYNTHETIC,
    DataConfig,
    PretrainingConfig,
    ProtocolConfig,
    SyntheticConfig,
)
from au_jax.settings.experiment import Experiment, check_experiment, setting_names
from au_jax.settings.networks import (
    AlexNetConfig,
    AugmentationConfig,
    CnnConfig,
    FaceInputConfig,
    FusionConfig,
    FusionHeadConfig,
    HingeConfig,
    LstmConfig,
    RmsPropConfig,
    SamplingConfig,
    SgdConfig,
    StackedLstmConfig,
    WindowConfig,
)
from au_jax.settings.variants import Variant

__all__ = [
    "BALANCING_STRATEGIES",
    "SYNTHETIC",
    "AlexNetConfig",
    "AnalysesConfig",
    "AugmentationConfig",
    "CnnConfig",
    "ComputeDtype",
    "CpmConfig",
    "DataConfig",
    "Experiment",
    "FaceInputConfig",
    "FeatureConfig",
    "FeatureKind",
    "FusionConfig",
    "FusionHeadConfig",
    "HardTest",
    "HingeConfig",
    "Initialisation",
    "JpmlConfig",
    "LossWeighting",
    "LstmConfig",
    "MomuRestore",
    "MomuTies",
    "PoolMode",
    "PresetName",
    "PretrainingConfig",
    "ProtocolConfig",
    "Reduction",
    "Relabelling",
    "RmsPropConfig",
    "SamplingConfig",
    "SamplingStrategy",
    "Scenario",
    "SgdConfig",
    "Split",
    "StackedLstmConfig",
    "SvmConfig",
    "SyntheticConfig",
    "Variant",
    "WindowConfig",
    "check_experiment",
    "setting_names",
]
