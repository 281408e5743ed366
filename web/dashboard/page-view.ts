// What the shell of the dashboard shows: all streams, or one.
import type { OperatorMessage } from '../../server/stats/operator-message.ts';

export type PageView = {
  readonly node: HTMLElement;
  /** The title of the document. */
  readonly title: string;
  readonly receive: (message: OperatorMessage) => void;
  /** The view leaves the page. */
  readonly close: () => void;
};
