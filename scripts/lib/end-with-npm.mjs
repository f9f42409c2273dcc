const POLL_MS = 250;

/**
 * npm passes SIGTERM on to the shell that it started, and that shell dies without telling anyone: whoever stops
 * `npm start` means this process too. Only under npm; what is started by hand may outlive its parent.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}
