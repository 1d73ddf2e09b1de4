from nonlin import report as report
from nonlin._errors import NonlinError as NonlinError
from nonlin._text import set_language as set_language
from nonlin.activation import Activation as Activation
from nonlin.activation import activation as activation
from nonlin.audit import audit as audit
from nonlin.catalogue import get as get
from nonlin.catalogue import names as names
from nonlin.catalogue.equivalents import equivalents as equivalents
from nonlin.choose import choose as choose
from nonlin.export import export as export
from nonlin.figures import compare as compare
from nonlin.figures import plot as plot
from nonlin.keep import load as load
from nonlin.kernels.threads import get_threads as get_threads
from nonlin.kernels.threads import set_threads as set_threads
from nonlin.network import Initialisation as Initialisation
from nonlin.network import Network as Network
from nonlin.stability import diagnose as diagnose
from nonlin.stability import stability as stability
from nonlin.theory.infinite_width import nngp as nngp
from nonlin.theory.infinite_width import ntk as ntk
from nonlin.theory.propagation import critical as critical
from nonlin.theory.propagation import gain as gain
from nonlin.theory.propagation import mean_field as mean_field
from nonlin.theory.propagation import moments as moments
from nonlin.theory.shaping import shape as shape

__version__: str

def __dir__() -> list[str]: ...
def __getattr__(name: str) -> Activation: ...  # every entry of the catalogue
