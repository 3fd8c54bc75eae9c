import { readFile } from 'node:fs/promises';
import { PLANTED_BUGS } from '../dev/simulation/planted-bugs';

test.each(PLANTED_BUGS)('the planted bug "$name" fits the source at one place', async ({ file, from }) => {
  expect((await readFile(file, 'utf8')).split(from)).toHaveLength(2);
});
