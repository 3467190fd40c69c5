"""Where moto finds Global Accelerator. It speaks JSON 1.1: every operation is a POST to the root."""

from local.aws.globalaccelerator.responses import GlobalAcceleratorResponse

url_bases = [r"https?://globalaccelerator\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/$": GlobalAcceleratorResponse.dispatch}
