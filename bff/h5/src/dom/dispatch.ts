import { Event as GlassEvent, type Element as GlassElement } from 'glass-easel';

/** The template node that a DOM node, or the nearest of its ancestors, stands for. */
export function nodeOf(target: EventTarget | null): GlassElement | undefined {
  for (
    let node = target as (Node & { __wxElement?: GlassElement }) | null;
    node !== null;
    node = node.parentNode
  ) {
    if (node.__wxElement !== undefined) return node.__wxElement;
  }
  return undefined;
}

/** Sends a bubbling, composed event from the outside through the tree; true when a handler caught it. */
export function dispatch(
  target: GlassElement,
  type: string,
  detail: unknown,
  originalEvent: Event | undefined,
  extraFields: Record<string, unknown> = {},
): boolean {
  const event = new GlassEvent(type, detail, {
    bubbles: true,
    composed: true,
    capturePhase: true,
    originalEvent,
    extraFields,
  });
  GlassEvent.dispatchEvent(target, event);
  return event.defaultPrevented();
}
