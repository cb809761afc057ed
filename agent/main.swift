import Glibc

// One call, and no `@main`: that, and any closure here, would belong to the main actor and bring the concurrency
// runtime and its threads along, half a megabyte.
exit(CoordAgent.main())
