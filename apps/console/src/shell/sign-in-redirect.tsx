import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** Leads to the sign-in, which leads back here. The address is taken once: it changes while the way is walked. */
export const SignInRedirect = () => {
  const { href } = useLocation();
  const [next] = useState(href);
  const navigate = useNavigate();
  useEffect(() => {
    void navigate({ to: "/sign-in", search: { next } as never, replace: true });
  }, [navigate, next]);
  return null;
};
