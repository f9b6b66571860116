import { useForm } from "@mantine/form";
import type { Credential } from "@/api/credentials";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { useCredentialActions } from "./api";
import { faultOf, NO_SECRET, type SecretForm, toData } from "./secret";
import classes from "./Secret.module.css";
import { SecretFields } from "./SecretFields";

interface Values {
  payload: SecretForm;
}

/** A new secret for a credential, as its next version. */
export function RotateDialog({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const { rotate } = useCredentialActions();
  const { credential_type: type, name, version } = credential;
  const rule = (field: Exclude<keyof SecretForm, "method">) => (_: unknown, { payload }: Values) => faultOf(field, type, payload);
  const form = useForm<Values>({
    initialValues: { payload: NO_SECRET },
    validate: {
      payload: {
        username: rule("username"),
        password: rule("password"),
        private_key: rule("private_key"),
        api_key: rule("api_key"),
      },
    },
  });
  const submit = async ({ payload }: Values) => {
    const rotated = await rotate(credential.id, toData(type, payload));
    tellDone(`${name} uses version ${rotated.version} from here on`);
  };
  return (
    <FormDialog title={`Rotate ${name}`} form={form} submit={submit} action="Rotate" onClose={onClose}>
      <p className={classes.note}>
        All fields are given anew and become version {version + 1}. Whatever begins from then on uses it; the earlier version stays
        in the history, encrypted.
      </p>
      <SecretFields
        type={type}
        method={form.values.payload.method}
        onMethod={(method) => form.setFieldValue("payload.method", method)}
        bind={(field) => form.getInputProps(`payload.${field}`)}
        onKey={(key, fault) => {
          form.setFieldValue("payload.private_key", key);
          if (fault) form.setFieldError("payload.private_key", fault);
        }}
      />
    </FormDialog>
  );
}
