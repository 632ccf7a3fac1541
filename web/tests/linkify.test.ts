import { expect, test } from 'vitest';
import { linkify, webAddress } from '../src/widget/view/linkify';

function drawn(text: string): string {
  const holder = document.createElement('div');
  holder.append(...linkify(text, 'new tab'));
  return [...holder.childNodes]
    .map((node) => (node instanceof HTMLAnchorElement ? `[${node.textContent}]` : node.textContent))
    .join('');
}

test.each([
  ['见 https://shop.example/a?b=1。谢谢', '见 [https://shop.example/a?b=1]。谢谢'],
  ['（https://shop.example/a）', '（[https://shop.example/a]）'],
  ['See https://shop.example/a.', 'See [https://shop.example/a].'],
  ['(https://shop.example/a), ok', '([https://shop.example/a]), ok'],
  ['https://shop.example/a_(b)', '[https://shop.example/a_(b)]'],
  ['javascript:alert(1) mailto:a@b.example', 'javascript:alert(1) mailto:a@b.example'],
  ['no address', 'no address'],
])('%s', (text, expected) => {
  expect(drawn(text)).toBe(expected);
});

test('markup stays text', () => {
  const nodes = linkify('<img src=x onerror=alert(1)>', 'new tab');
  expect(nodes.map((node) => node.nodeType)).toEqual([Node.TEXT_NODE]);
});

test('a link tells the other page nothing', () => {
  const anchor = linkify('https://shop.example', 'new tab')[0] as HTMLAnchorElement;
  expect(anchor.rel).toContain('noopener');
});

test.each(['javascript:alert(1)', 'data:text/html,x', '/path', '', 7, null])(
  '%s is no address',
  (value) => {
    expect(webAddress(value)).toBeNull();
  },
);
