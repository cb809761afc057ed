import Glibc

// One call, and no `@main`: that, and any closure here, would belong to the main actor and bring the concurrency
// runtime along, 0.7 MB.
exit(CoordAgent.main())
