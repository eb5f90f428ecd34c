/** Something that NESTML cannot say; the message is a reason for the report. */
export class NotInNestml extends Error {
  override readonly name = 'NotInNestml';
}
