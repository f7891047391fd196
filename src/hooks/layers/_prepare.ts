import type { Provider } from "../../fs/provider.ts";
import type { CompiledHook } from "../_compiled_hook.ts";
import { RedirectProvider } from "./_redirect_provider.ts";
import { TransformProvider } from "./_transform_provider.ts";

/** Puts behind the hooks what files are changed by, and where some of them live instead. */
export function prepare(inner: Provider, hooks: readonly CompiledHook[]): Provider {
  let provider = inner;
  // The first that matches shall win, so it is the outermost.
  hooks.toReversed().forEach(({ redirect, globs }, i) => {
    if (redirect !== undefined) provider = new RedirectProvider(provider, redirect, globs, i);
  });
  const transforms = hooks.filter(({ stream, whole }) => (stream ?? whole) !== undefined);
  return transforms.length === 0 ? provider : new TransformProvider(provider, transforms);
}
