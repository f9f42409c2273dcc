/** A round button without words; `label` is what a screen reader says. The tap comes from the element itself. */
Component({
  properties: {
    /** File name in `images/icons`. */
    icon: { type: String, value: '' },
    label: { type: String, value: '' },
  },
});
