/** The page as a whole: three columns, what lies over them, and the keys that work everywhere. */

import { useEffect } from 'preact/hooks'
import { Conversation } from './conversation.tsx'
import { Farewell } from './farewell.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { NameDialog } from './name-dialog.tsx'
import type { Navigation } from './navigation.ts'
import { NavigationContext } from './navigation.ts'
import type { DialogName, Page } from './page.ts'
import { PageContext, usePage } from './page.ts'
import { PeopleColumn } from './people-column.tsx'
import { JoinDialog, NewRoomDialog } from './room-dialogs.tsx'
import { RoomsColumn } from './rooms-column.tsx'
import { SettingsDialog } from './settings-dialog.tsx'
import { listenToKeys } from './shortcuts.ts'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { SwitcherDialog } from './switcher-dialog.tsx'

export function App({ page, navigation }: { page: Page; navigation: Navigation }) {
  return (
    <PageContext.Provider value={page}>
      <NavigationContext.Provider value={navigation}>
        <Frame navigation={navigation} />
      </NavigationContext.Provider>
    </PageContext.Provider>
  )
}

function Frame({ navigation }: { navigation: Navigation }) {
  const page = usePage()
  useEffect(() => listenToKeys(page, navigation), [page, navigation])
  const drawer = page.drawer.value

  // The keyboard goes along into the drawer, and back to the button that opened it.
  useEffect(() => {
    if (!drawer) return
    const column = document.querySelector<HTMLElement>(`.${drawer}`)
    column?.querySelector<HTMLElement>('.only-drawer')?.focus()
    return () => {
      if (column?.contains(document.activeElement))
        document.querySelector<HTMLElement>(`.opens-${drawer}`)?.focus()
    }
  }, [drawer])

  return (
    <>
      <div class="parlour" data-drawer={drawer ?? undefined}>
        <RoomsColumn />
        <Conversation />
        <PeopleColumn />
        {drawer && (
          <button
            type="button"
            class="scrim"
            aria-label="Close the drawer"
            onClick={() => {
              page.drawer.value = null
            }}
          />
        )}
      </div>
      <DialogOf name={page.dialog.value} />
      {page.ended.value !== null && <Farewell />}
    </>
  )
}

function DialogOf({ name }: { name: DialogName | null }) {
  switch (name) {
    case 'new room':
      return <NewRoomDialog />
    case 'join':
      return <JoinDialog />
    case 'invite':
      return <InviteDialog />
    case 'name':
      return <NameDialog />
    case 'settings':
      return <SettingsDialog />
    case 'switcher':
      return <SwitcherDialog />
    case 'shortcuts':
      return <ShortcutsDialog />
    case null:
      return null
  }
}
