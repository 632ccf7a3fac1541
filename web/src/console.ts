// The staff console's pages are rendered by the server; htmx swaps parts of them and its extension
// listens to the server's events. What a page does beyond that stands in the folder beside this file.
import htmx from 'htmx.org';
import 'htmx-ext-sse';
import { watchConnection } from './console/connection';
import { keepDrafts } from './console/drafts';
import { helpForms } from './console/forms';
import { helpKeyboard } from './console/keyboard';
import { tellNews } from './console/news';
import { keepPlace } from './console/place';
import { sendReplies } from './console/reply';

// For pages that call `htmx` themselves, and for its other extensions.
Object.assign(window, { htmx });

keepPlace();
keepDrafts();
helpForms();
sendReplies();
helpKeyboard();
tellNews();
watchConnection();
