import { element } from './dom';

// Chinese full stops and brackets end an address, as in “见 https://shop.example/a。”
const ADDRESS = /https?:\/\/[^\s<>"'`，。；：！？、（）《》【】「」“”]+/gi;
const TRAILING = /[.,;:!?)\]}]+$/;

/** Turn a text into nodes; addresses of web pages become links. */
export function linkify(text: string, newTab: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = withoutTail(found[0]);
    const url = webAddress(address);
    if (url === null) continue;
    nodes.push(new Text(text.slice(end, found.index)), link(url, address, newTab));
    end = found.index + address.length;
  }
  nodes.push(new Text(text.slice(end)));
  return nodes.filter((node) => node.textContent !== '');
}

export function link(url: string, label: string, newTab: string): HTMLAnchorElement {
  const anchor = element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
  anchor.title = newTab;
  return anchor;
}

/** Return the address if it is one of the web: `javascript:` and the like are none. */
export function webAddress(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    const url = new URL(value);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Drop the sentence's own signs; a bracket that was opened in the address belongs to it. */
function withoutTail(address: string): string {
  const tail = TRAILING.exec(address)?.[0] ?? '';
  if (tail.startsWith(')') && address.includes('(')) return address;
  return address.slice(0, address.length - tail.length);
}
