import type { Provider } from "../../fs/provider.ts";
import type { CompiledHook } from "../_compiled_hook.ts";
import { TransformProvider } from "./_transform_provider.ts";

/**
 * Puts behind the hooks what files are changed by, and where some of them live instead.
 *
 * Rules that are plain data can change whole files, so what does that is always there. What else
 * there is to be put behind comes with its policy: who does not use it does not bundle it.
 */
export function prepare(inner: Provider, hooks: readonly CompiledHook[]): Provider {
  let provider = inner;
  // The first that matches shall win, so it is the outermost.
  hooks.toReversed().forEach(({ redirect, globs }, i) => {
    if (redirect !== undefined) provider = redirect(provider, globs, i);
  });
  const transforms = hooks.filter(({ stream, whole }) => (stream ?? whole) !== undefined);
  return transforms.length === 0 ? provider : new TransformProvider(provider, transforms);
}
