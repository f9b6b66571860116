import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { Link } from "react-router";

/** What stands in the way of something, and where it is found. */
export interface Obstacle {
  /** Such as "web-key cannot be deleted". */
  title: string;
  /** Why, in words. */
  why: string;
  /** The things that stand in the way. */
  by: readonly { to: string; label: string }[];
}

/** So many are named; of the others only how many there are. */
const NAMED = 20;

/** Says that something cannot be done, and leads to what stands in the way. */
export function Blocked({ obstacle, onClose }: { obstacle: Obstacle; onClose: () => void }) {
  const rest = obstacle.by.length - NAMED;
  return (
    <Modal
      opened
      onClose={onClose}
      size="md"
      title={
        <Group gap={8} wrap="nowrap" component="span">
          <IconLock size={18} aria-hidden />
          {obstacle.title}
        </Group>
      }
    >
      <Stack>
        <Text size="sm">{obstacle.why}</Text>
        <List size="sm">
          {obstacle.by.slice(0, NAMED).map(({ to, label }) => (
            <List.Item key={to}>
              <Link to={to} onClick={onClose}>
                {label}
              </Link>
            </List.Item>
          ))}
          {rest > 0 && <List.Item>and {rest} more</List.Item>}
        </List>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
