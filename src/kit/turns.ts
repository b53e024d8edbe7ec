// Turns of the event loop: whoever has much to do must not keep calls waiting.

/** Runs it when all else that is due has had its turn. */
export const nextTurn = (run: () => void): void => {
  setImmediate(run)
}

/** Between two long steps: resolves when all else that is due has had its turn. */
export const letOthers = (): Promise<void> => new Promise(nextTurn)
