// How fast the machine is at the moment, so that two measurements can be compared.

const ROUNDS = 50_000_000;

/** Milliseconds that a fixed loop takes. */
export function fixedLoopMs() {
  const begunAt = performance.now();
  let value = 1;
  for (let round = 0; round < ROUNDS; round++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  const tookMs = performance.now() - begunAt;
  // The loop has a result, so that no compiler leaves it out.
  return value === 0 ? NaN : tookMs;
}
