// The arithmetic of benchmarks.
import { expect, test } from '@playwright/test';
import { Bench, ratioOfMedians, summary } from '../report.mjs';

test('a summary has the median and the worst of the runs in which something was measured', () => {
  expect(summary([3, NaN, 1, 2])).toEqual({ median: 2, worst: 3, runs: [3, 1, 2] });
  expect(summary([3, 1, 2], 'lowest')).toMatchObject({ median: 2, worst: 1 });
  expect(summary([])).toEqual({ median: NaN, worst: NaN, runs: [] });
});

test('the ratio of two builds has an interval that shows how sure it is', () => {
  const before = Array.from({ length: 20 }, (_, run) => 200 + run);
  const { ratio, low, high } = ratioOfMedians(before, before.map((value) => value / 2));
  expect(ratio).toBeCloseTo(0.5);
  expect(low, 'where the builds differ in the same way each time, it is narrow').toBeGreaterThan(0.45);
  expect(high).toBeLessThan(0.55);

  const unsure = ratioOfMedians([100, 300, 100, 300, 100], [300, 100, 300, 100, 100]);
  expect(unsure.low).toBeLessThan(0.5);
  expect(unsure.high).toBeGreaterThan(2);
});

test('a run that failed in one of the builds does not count in the other', () => {
  expect(ratioOfMedians([100, 900, 100], [50, NaN, 50])).toEqual({ ratio: 0.5, low: 0.5, high: 0.5 });
});

test('subjects are measured in turns, and who was first is last in the next run', async () => {
  const order: string[] = [];
  const bench = new Bench('turns');
  const results = await bench.inTurns(2, ['now', 'before'], async (subject, run) => {
    order.push(subject);
    return `${subject} ${run}`;
  });
  expect(order).toEqual(['now', 'before', 'before', 'now']);
  expect(results).toEqual([['now 0', 'now 1'], ['before 0', 'before 1']]);
});
