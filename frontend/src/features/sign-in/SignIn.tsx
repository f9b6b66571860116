import { Title } from "@mantine/core";
import { useEffect } from "react";
import { SignInForm } from "./SignInForm";
import classes from "./SignIn.module.css";

/** The way in. The address of the page stays, so that signing in leads to where one wanted to go. */
export default function SignIn() {
  useEffect(() => {
    document.title = "Sign in · OpsConductor";
  }, []);
  return (
    <main className={classes.screen}>
      <div className={classes.card}>
        <img src="/app/icon.svg" alt="" width={44} height={44} />
        <div>
          <Title order={1} size="h3">
            Sign in to OpsConductor
          </Title>
          <p className={classes.lead}>Runs on your machines, ports of your services, one record of it all.</p>
        </div>
        <SignInForm />
      </div>
    </main>
  );
}
