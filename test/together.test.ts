import { setTimeout as pause } from 'node:timers/promises';
import { together } from '../src/client/together';

test('calls made together give their answers in order', async () => {
  expect(await together([pause(20, 'slow'), Promise.resolve(1)])).toEqual(['slow', 1]);
});

test('of calls made together a failure is told when none is under way any more', async () => {
  let underWay = 1;
  const slow = pause(50).then(() => (underWay -= 1));
  await expect(together([slow, Promise.reject(new Error('no answer'))])).rejects.toThrow('no answer');
  expect(underWay).toBe(0);
});
