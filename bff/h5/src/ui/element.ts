/** An element of the host's own widgets; their classes begin with `yimu-`. */
export function element(tag: string, className: string, text = ''): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** A widget's button: a tap or the Enter key calls `press`. */
export function pressable(className: string, text: string, press: () => void): HTMLElement {
  const node = element('button', className, text);
  node.setAttribute('type', 'button');
  node.addEventListener('click', press);
  return node;
}
