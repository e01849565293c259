// Lets the test runner's messages through between tests: tests that wait for programs without yielding would starve them until the runner gives up.
import { afterEach } from "vitest";

afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)));
