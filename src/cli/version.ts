/** The version of this package. A test holds it against the manifests. */
export const VERSION = "0.1.0";
