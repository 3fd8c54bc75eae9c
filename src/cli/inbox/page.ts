import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isSpaceKey,
  isUpKey,
  makeTheme,
  useKeypress,
  usePagination,
  useState,
} from '@inquirer/core';
import { fitted } from '../layout';
import { onLines, useEnd, useSize } from './screen';
import type { Screen } from './screen';

/** Something that can be done with what a page shows. */
export interface PageAction {
  key: string;
  word: string;
  /** Enter does it, too. */
  isUsual?: true;
}

interface PageConfig {
  title: string;
  text: string;
  actions: readonly PageAction[];
  screen: Screen;
}

/** Lines around the text: title, keys, and what is empty between them; each may take two. */
const AROUND = 6;

/** Shows a text, and asks what to do with it; the reply is the key of an action, or undefined to go back. */
export const readPage = createPrompt<string | undefined, PageConfig>(
  ({ title, text, actions, screen }, done) => {
    const { rows, columns } = useSize(screen);
    const { style } = makeTheme();
    const items = fitted(text, columns - 1).split('\n');
    const pageSize = Math.max(rows - AROUND, 1);
    const [top, setTop] = useState(0);
    const lowest = Math.max(items.length - pageSize, 0);
    useEnd(() => done(undefined));
    useKeypress((key, lines) => {
      lines.clearLine(0);
      const pages = { pageup: -1, pagedown: 1 }[key.name] ?? Number(isSpaceKey(key));
      const steps = pages * pageSize + Number(isDownKey(key)) - Number(isUpKey(key));
      const action = actions.find(
        ({ key: name, isUsual }) => key.name === name || (isUsual && isEnterKey(key)),
      );
      if (steps !== 0) setTop(Math.min(Math.max(top + steps, 0), lowest));
      else if (action) done(action.key);
      else if (BACK.includes(key.name) || isEnterKey(key)) done(undefined);
    });
    const page = usePagination({
      // The first line of the page is the one that it is moved by.
      items: items.slice(Math.min(top, lowest)),
      active: 0,
      renderItem: ({ item }) => item,
      pageSize,
      loop: false,
    });
    const words = actions.map(({ key, word, isUsual }) => `${isUsual ? `${key} or Enter` : key} ${word}`);
    const keys = [...words, ...(lowest > 0 ? ['↑ ↓ space read on'] : []), 'Esc back'].join(' · ');
    return [
      style.message(onLines(2, title, columns), 'idle'),
      '',
      page,
      '',
      style.help(onLines(2, keys, columns)),
    ].join('\n');
  },
);

const BACK: readonly string[] = ['escape', 'left', 'q', 'backspace'];
