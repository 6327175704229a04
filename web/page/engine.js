// Calls the functions of the worker.

const worker = new Worker("worker.js", { type: "module" });
const waiting = new Map();
let last = 0;

worker.onmessage = ({ data: { id, result, error } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(result);
  else reject(new Error(error));
};
worker.onerror = (event) => {
  for (const { reject } of waiting.values()) {
    reject(new Error(event.message || "Python could not be loaded"));
  }
};

/** Call a function of the worker. */
export function ask(call, ...parameters) {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, call, parameters });
  });
}

/**
 * Return a function that calls `run` with its arguments once more after the calls that
 * are running: of several calls that came meanwhile, only the last. Its promise is
 * resolved when there is nothing left to run.
 */
export function latest(run) {
  let running = null;
  let next = null;
  const runAll = async () => {
    try {
      while (next) {
        const current = next;
        next = null;
        await run(...current);
      }
    } finally {
      running = null;
    }
  };
  return (...parameters) => {
    next = parameters;
    running ??= runAll();
    return running;
  };
}
