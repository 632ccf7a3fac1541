// The charts of the console's pages. Only pages that have some load this. Each is drawn from the
// table below it, which stays for whoever reads numbers, and folds up when the chart is there.
import { drawAll } from './charts/draw';

drawAll(document);
