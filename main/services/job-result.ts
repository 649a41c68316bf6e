/** A job's result; the signal cancels it. */
export async function resultOf<T>(job: { result: Promise<T>; cancel(): void }, signal?: AbortSignal): Promise<T> {
  const stop = () => job.cancel();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await job.result;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
