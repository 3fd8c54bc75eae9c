/** Waits until something holds; what fails meanwhile is tried again. */
export async function untilIt(holds: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      if (await holds()) return;
      if (Date.now() > deadline) throw new Error(`it still does not hold after ${withinMs} ms`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
