/** Tabs, as the ARIA Authoring Practices describe them. */

import { button } from './elements.js';

/** Names of the tabs; each has a panel with its name. */
const names = ['results', 'equations', 'model', 'save', 'about'] as const;
export type TabName = (typeof names)[number];

const tabOf = (name: TabName): HTMLButtonElement => button(`tab-${name}`);

let shownAction: () => void = () => undefined;

/** Shows a panel. */
export function openTab(name: TabName): void {
  for (const each of names) {
    const tab = tabOf(each);
    tab.setAttribute('aria-selected', String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    const panel = document.getElementById(`panel-${each}`);
    if (panel) panel.hidden = each !== name;
  }
  shownAction();
}

/** Makes the tabs work. @param onShown  called after a panel was shown */
export function startTabs(onShown: () => void): void {
  shownAction = onShown;
  for (const [k, name] of names.entries()) {
    const tab = tabOf(name);
    tab.onclick = () => openTab(name);
    tab.onkeydown = ({ key }) => {
      const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, Home: -k, End: -k - 1 };
      const step = steps[key];
      if (step === undefined) return;
      const visible = names.filter((each) => !tabOf(each).hidden);
      const at = key === 'Home' ? 0 : key === 'End' ? -1 : visible.indexOf(name) + step;
      const next = visible.at(at % visible.length) ?? name;
      openTab(next);
      tabOf(next).focus();
    };
  }
}
