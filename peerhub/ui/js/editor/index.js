// What loads when someone begins to write: the rich editor, emoji, and the names behind an "@".
import { getSchema } from "@tiptap/core";
import { completeIn } from "./completion.js";
import { Panels } from "./panels.js";
import { RichEditor, canShow as canShowIn, markdownOf as markdownIn } from "./rich.js";
import { schemaExtensions } from "./schema.js";
import { parse } from "./markdown/parse.js";
import { serialize } from "./markdown/serialize.js";

const schema = getSchema(schemaExtensions);

export { completeIn };
export const canShow = (markdown) => canShowIn(markdown, schema);
export const markdownOf = (element) => markdownIn(element, schema);
export const roundTrip = (markdown) => serialize(parse(markdown, schema));
export const mount = (options) => new RichEditor(options);

// Emoji for a plain textarea.
export function pickEmoji(bar, area) {
  const panels = new Panels(bar);
  const leave = () => {
    panels.destroy();
    area.focus();
  };
  panels.emoji((sign) => {
    area.setRangeText(sign, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    leave();
  }, leave);
}
