/** Every shortcut of the page. */

import { Dialog } from './dialog.tsx'

const command = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

const shortcuts: [keys: string[], does: string][] = [
  [['Enter'], 'Send'],
  [['Shift', 'Enter'], 'New line'],
  [['↑'], 'In an empty box: edit your last message'],
  [['Esc'], 'Cancel editing, close what is open'],
  [[command, 'K'], 'Go to a room'],
  [['Alt', '↑ ↓'], 'Room before, room after'],
  [['Alt', 'Shift', '↑ ↓'], 'The same, unread rooms only'],
  [['↑ ↓'], 'In the messages: one up, one down'],
  [['Shift', 'F10'], 'What can be done with a message'],
  [['?'], 'This list'],
]

export function ShortcutsDialog() {
  return (
    <Dialog title="Shortcuts">
      <dl class="shortcuts">
        {shortcuts.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
