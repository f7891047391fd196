import inspector from "node:inspector";

/** A debugger that the user asked for (`--inspect`) stays. */
const isWanted = inspector.url() !== undefined;

/** How long Deno may take to open it, in milliseconds. */
const PATIENCE = 1000;

/**
 * Closes the debugger that Deno opens at every SIGUSR1, whoever listens for the signal (since 2.9.2;
 * there is no option against it). Node and Bun open none where somebody listens. A debugger is a port
 * through which other users of the host could run code in a process that is a security boundary.
 */
export function closeDebugger(): void {
  if (isWanted) return;
  const deadline = performance.now() + PATIENCE;
  const timer = setInterval(() => {
    const isOpen = inspector.url() !== undefined;
    if (isOpen) inspector.close();
    if (isOpen || performance.now() > deadline) clearInterval(timer);
  }, 1);
}
