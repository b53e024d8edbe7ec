// Runs through a list a few at a time.

/**
 * Calls `run` for each item, at most `width` at the same time, in order. Once the signal fires or a call throws, no
 * further item is begun; what runs is waited for, then the first error (or the signal's reason) is thrown.
 */
export async function eachAtMost<T>(
  items: readonly T[],
  width: number,
  signal: AbortSignal,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  let failed: { readonly error: unknown } | undefined
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed !== undefined || signal.aborted) return
      try {
        await run(item)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  if (failed !== undefined) throw failed.error
  signal.throwIfAborted()
}
