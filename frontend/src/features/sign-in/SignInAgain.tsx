import { Button, Modal, Stack, Text } from "@mantine/core";
import { leave, type User } from "@/api/session";
import { SignInForm } from "./SignInForm";

/** Over the page that was at work when the session ended: nothing that was typed is lost. */
export default function SignInAgain({ user }: { user: User }) {
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
      zIndex={1000}
    >
      <Stack>
        <Text size="sm">Sign in again to go on where you were. Nothing that you typed is lost.</Text>
        <SignInForm username={user.username} />
        <Button variant="subtle" color="gray" onClick={leave}>
          Leave, or sign in as somebody else
        </Button>
      </Stack>
    </Modal>
  );
}
