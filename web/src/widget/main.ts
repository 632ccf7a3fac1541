import { Conversation } from './conversation';
import { SocketLink } from './link';
import { Memory } from './memory';
import { readSettings } from './settings';
import { View } from './view/view';

// Null once the script has run, so it is read now.
const script = document.currentScript as HTMLScriptElement;

function start(): void {
  const settings = readSettings(script);
  const memory = new Memory(settings.origin + settings.socketPath);
  const conversation = new Conversation(new SocketLink(settings), memory, () => view.draw());
  const view = new View(conversation, settings);
  document.body.append(view.host);
  view.draw();
  // Whoever has not written yet costs the server nothing.
  if (conversation.begun || conversation.isOpen) conversation.connect();
}

if (document.body) start();
else addEventListener('DOMContentLoaded', start);
