/**
 * Asks until the answer is there.
 *
 * @param what completes the sentence "Waited … for …"
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, options: { timeout: number; interval?: number }): Promise<T> {
  const end = Date.now() + options.timeout;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise(resolve => setTimeout(resolve, options.interval ?? 100));
  }
  throw new Error(`Waited ${options.timeout / 1000} s in vain for ${what}${last ? `: ${(last as Error).message}` : ''}.`, { cause: last });
}
