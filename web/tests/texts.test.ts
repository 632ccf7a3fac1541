import { expect, test } from 'vitest';
import { chooseLanguage, fill, textsOf } from '../src/widget/texts';

test.each([
  ['auto', 'zh-CN', 'en-US', 'zh'],
  ['auto', '', 'zh-TW', 'zh'],
  ['auto', 'fr', 'en-GB', 'en'],
  ['auto', 'fr', 'de', 'en'],
  ['zh', 'en', 'en', 'zh'],
  ['en', 'zh', 'zh', 'en'],
])('wish %s, page %s, browser %s: %s', (wish, page, browser, expected) => {
  expect(chooseLanguage(wish, page, browser)).toBe(expected);
});

test('both languages have the same texts with the same placeholders', () => {
  const holders = (text: string) => text.match(/\{\w+\}/g) ?? [];
  const [en, zh] = [textsOf('en'), textsOf('zh')];
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  for (const key of Object.keys(en) as (keyof typeof en)[])
    expect(holders(zh[key])).toEqual(holders(en[key]));
});

test('values are put in as they are', () => {
  expect(fill('{name} · {count}', { name: '$& {count}', count: 2 })).toBe('$& {count} · 2');
});
