/** What the messages between editor and host have in common. */
import * as z from 'zod';

export const nothing = z.object({});

/** What all requests below have in common. */
export interface RequestMessage<P extends z.ZodType, R extends z.ZodType> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

/** What all notifications below have in common. */
export interface NotificationMessage<P extends z.ZodType> {
  readonly method: string;
  readonly params: P;
}
