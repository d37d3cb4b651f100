/** Undoes one registration. */
export type Cancel = () => void;

export function after(ms: number, task: () => void): Cancel {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
}

export function every(ms: number, task: () => void): Cancel {
  const timer = setInterval(task, ms);
  return () => clearInterval(timer);
}

let ahead = 0;

/** The simulator's time, as the last answer told it. */
export function simulatedNow(): number {
  return Date.now() + ahead;
}

export function setSimulatedNow(now: number): void {
  ahead = now - Date.now();
}
