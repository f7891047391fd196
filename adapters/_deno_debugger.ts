import inspector from "node:inspector";

/** Deno knows this kind, its types do not yet. */
const INSPECTOR = "inspector" as "hostname";

/** Whether Deno lets the debugger be seen and closed. Asking for it could stop the program and prompt. */
const isAllowed = Deno.permissions.querySync({ name: "sys", kind: INSPECTOR }).state === "granted";

/** A debugger that the user asked for (`--inspect`) stays. */
const isWanted = isAllowed && inspector.url() !== undefined;

/** How long Deno may take to open it, in milliseconds. */
const PATIENCE = 1000;

/**
 * Closes the debugger that Deno opens at every SIGUSR1, whoever listens for the signal (since 2.9.2;
 * there is no option against it). Node and Bun open none where somebody listens. A debugger is a port
 * through which other users of the host could run code in a process that is a security boundary.
 * It needs `--allow-sys=inspector`.
 */
export function closeDebugger(): void {
  if (isWanted || !isAllowed) return;
  const deadline = performance.now() + PATIENCE;
  const timer = setInterval(() => {
    const isOpen = inspector.url() !== undefined;
    if (isOpen) inspector.close();
    if (isOpen || performance.now() > deadline) clearInterval(timer);
  }, 1);
}
